-- entries that a load left waiting go into the search index, so that descents do not each read all of them
select gin_clean_pending_list(found) from to_regclass('record.search_terms') as found where found is not null
