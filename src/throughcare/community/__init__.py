"""The synthetic community: invented people, households and sources, with the truth about them written beside."""
