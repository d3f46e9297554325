-- how far files with this digest have been committed for this source
select member, lines_done, finished, read_count, stored_count, known_count, quarantined_count
from record.load_mark
where file_digest = %(file_digest)s and source = %(source)s
