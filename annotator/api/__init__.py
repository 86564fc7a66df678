"""The JSON API: version 1 is ``v1.bp``, described by its own OpenAPI document."""
