-- the language someone reads in
update door.staff set preferences = preferences || jsonb_build_object('language', %s::text) where staff_id = %s
