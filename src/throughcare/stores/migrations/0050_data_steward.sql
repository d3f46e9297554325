-- A role of its own for those who look after what comes in.
alter table door.staff_role drop constraint staff_role_role_check;
alter table door.staff_role add constraint staff_role_role_check check (role in ('care_coordinator', 'nurse', 'supervisor',
    'clinician', 'community_health_worker', 'administrator', 'auditor', 'data_steward'));
