"""Use cases: ``verb_noun(session, actor, *, ...)`` applies the domain and talks SQL."""
