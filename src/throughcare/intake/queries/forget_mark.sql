-- forget that a part of a file was read to its end, so that it is read again
delete from record.load_mark
where file_digest = %(file_digest)s and source = %(source)s and member = %(member)s and finished
