-- one trip as planned
insert into think.trip (model, routing, trip, person_id, stops, begins, shows, left_out, travel, finish, gap, at)
values (%(model)s, %(routing)s, %(trip)s, %(person)s, %(stops)s, %(begins)s, %(shows)s, %(left_out)s, %(travel)s,
        %(finish)s, %(gap)s, %(at)s)
