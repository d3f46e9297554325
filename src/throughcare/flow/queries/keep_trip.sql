-- one trip as planned
insert into think.trip (model, routing, trip, stops, left_out, travel, finish, gap, at)
values (%(model)s, %(routing)s, %(trip)s, %(stops)s, %(left_out)s, %(travel)s, %(finish)s, %(gap)s, %(at)s)
