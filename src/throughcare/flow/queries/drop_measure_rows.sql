-- the rows of last night, before tonight's take their place
delete from think.measure_row
