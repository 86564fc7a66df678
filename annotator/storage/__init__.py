"""Tables, engine and migrations: the only place that knows which database is used."""
