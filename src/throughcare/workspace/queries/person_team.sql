-- who serves someone, with the name and phone of whoever has one in the record
select m.role, m.member_key, m.is_lead, m.model, m.source,
       coalesce(f.name, concat_ws(' ', p.body::jsonb #>> '{name,0,given,0}', p.body::jsonb #>> '{name,0,family}'),
                p.body::jsonb #>> '{name}') as name, f.credentials,
       jsonb_path_query_first(p.body::jsonb, '$.telecom[*] ? (@.system == "phone").value') #>> '{}' as phone
  from flat.care_team_member m
  left join door.staff f on f.practitioner = m.member_key
  left join record.resource p on p.resource_type = split_part(m.member_key, '/', 1)
        and p.resource_id = split_part(m.member_key, '/', 2) and p.known_to is null
        and {nobody:p}
 where m.person_id = %(person)s and m.known_to is null and {allowed:m}
   and (m.to_on is null or m.to_on >= %(today)s)
 order by m.is_lead desc nulls last, m.role, m.key
 limit 60
