"""Act: enrollment, teams, plans, tasks and contacts, worked out from what was decided and what people did."""
