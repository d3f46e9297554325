-- every team and the organizations it serves
select team_id, serves from door.team order by team_id
