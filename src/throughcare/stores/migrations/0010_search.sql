-- Equality terms of the search index. New rows wait in a list of at most 16 MB before they are sorted in; see docs/why/0023.
create index search_terms on record.search using gin (terms) with (fastupdate = on, gin_pending_list_limit = 16384);
