"""The map: every page of the workspace, which roles may open it, and whether it shows people."""

from throughcare.access.viewer import CARE_ROLES, ROLES, SOURCE_ROLES
from throughcare.workspace import (
    acts,
    audit,
    catalogue,
    costs,
    doors,
    feeds,
    identity,
    links,
    measure_table,
    measures,
    people,
    person,
    quarantine,
    texts,
    today,
    trips,
    why,
)
from throughcare.workspace.front import Page

EVERYONE = frozenset(ROLES)
AUDITORS = frozenset({"auditor"})
STEWARDS = frozenset({"data_steward"})

PAGES = (
    Page(path="/", handler=doors.start, roles=EVERYONE),
    Page(path="/today", handler=today.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/trips", handler=trips.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/people", handler=people.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/people/{person_id}", handler=person.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/people/{person_id}/timeline", handler=person.show_timeline, roles=CARE_ROLES, shows_people=True),
    Page(path="/people/{person_id}/costs", handler=costs.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/people/{person_id}/records", handler=links.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/people/{person_id}/looks", handler=person.show_looks, roles=CARE_ROLES, shows_people=True),
    Page(path="/people/{person_id}/why/{model_id}", handler=why.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/same-person", handler=identity.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/same-person", handler=identity.decide, roles=CARE_ROLES, method="POST"),
    Page(path="/find", handler=people.find, roles=CARE_ROLES, shows_people=True),
    Page(path="/tasks/new", handler=acts.show_add, roles=CARE_ROLES, shows_people=True),
    Page(path="/tasks", handler=acts.add, roles=CARE_ROLES, method="POST"),
    Page(path="/tasks/{task_id}/contact", handler=acts.log_contact, roles=CARE_ROLES, method="POST"),
    Page(path="/tasks/{task_id}/done", handler=acts.complete, roles=CARE_ROLES, method="POST"),
    Page(path="/tasks/{task_id}/snooze", handler=acts.snooze, roles=CARE_ROLES, method="POST"),
    Page(path="/tasks/{task_id}/hand-over", handler=acts.hand_over, roles=CARE_ROLES, method="POST"),
    Page(path="/tasks/{task_id}/decline", handler=acts.decline, roles=CARE_ROLES, method="POST"),
    Page(path="/tasks/{task_id}/undo", handler=acts.undo, roles=CARE_ROLES, method="POST"),
    Page(path="/measures", handler=measures.show_all, roles=CARE_ROLES),
    Page(path="/measures/{model_id}/{book}/{measure}", handler=measures.show, roles=CARE_ROLES, shows_people=True),
    Page(path="/measures/{model_id}/{book}/{measure}/table.csv", handler=measure_table.send, roles=CARE_ROLES),
    Page(path="/care-models", handler=catalogue.show_all, roles=EVERYONE),
    Page(path="/care-models/{model_id}", handler=catalogue.show, roles=EVERYONE),
    Page(path="/feeds", handler=feeds.show, roles=SOURCE_ROLES),
    Page(path="/quarantine", handler=quarantine.show, roles=STEWARDS, shows_people=True),
    Page(path="/quarantine", handler=quarantine.act_together, roles=STEWARDS, method="POST"),
    Page(path="/quarantine/{entry_no}", handler=quarantine.show_entry, roles=STEWARDS, shows_people=True),
    Page(
        path="/quarantine/{entry_no}",
        handler=quarantine.act,
        roles=STEWARDS,
        method="POST",
        shows_people=True,
        form_bytes_max=texts.FORM_BYTES_MAX,
    ),
    Page(path="/audit", handler=audit.show, roles=AUDITORS, shows_people=True),
    Page(path="/password", handler=doors.show_password, roles=EVERYONE, half_session=True),
    Page(path="/password", handler=doors.change_password, roles=EVERYONE, method="POST", half_session=True),
    Page(path="/language", handler=doors.choose_language, roles=EVERYONE, method="POST", half_session=True),
    Page(path="/sign-out", handler=doors.sign_out, roles=EVERYONE, method="POST", half_session=True),
)
