-- the checkpoint of a load, moved together with what was read
insert into record.load_mark as mark (file_digest, source, member, lines_done, finished,
    read_count, stored_count, known_count, quarantined_count)
values (%(file_digest)s, %(source)s, %(member)s, %(lines_done)s, %(finished)s,
    %(read)s, %(stored)s, %(known)s, %(quarantined)s)
on conflict (file_digest, source, member) do update set
    lines_done = excluded.lines_done, finished = excluded.finished,
    read_count = mark.read_count + excluded.read_count, stored_count = mark.stored_count + excluded.stored_count,
    known_count = mark.known_count + excluded.known_count,
    quarantined_count = mark.quarantined_count + excluded.quarantined_count
