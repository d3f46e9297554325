-- the text of one resource: a given version, or the one that stood at a moment
select body from record.resource
where resource_type = %(type)s and resource_id = %(id)s and not deleted and known_from <= %(at)s
  and (version = %(version)s or (%(version)s::integer is null and (known_to is null or known_to > %(at)s)))
