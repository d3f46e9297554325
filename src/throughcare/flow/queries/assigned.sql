-- every case of every assignment, as placed last
select person_id, model, assignment, case_key, worker, previous, since, because from think.assigned
