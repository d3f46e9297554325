-- Who may be one? Two rows per pair that the machine leaves to a person, one from each side; see docs/why/0110.
create table think.doubt (
    person_id     bigint not null,
    other_person  bigint not null,
    patient_id    text not null,       -- the likest two patients of these persons
    other_patient text not null,
    bits          double precision not null,   -- how much speaks for one person: 10 is a thousand to one
    levels        text[] not null,     -- comparison.level, such as name.same
    rule          text not null,       -- what forbids an automatic link; '' when too little speaks for it
    primary key (person_id, other_person)
);
