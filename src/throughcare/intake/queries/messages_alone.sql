-- wait until nobody else folds messages of this format
select pg_advisory_lock(hashtext('throughcare.messages'), hashtext(%(format)s))
