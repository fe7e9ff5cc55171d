"""The register's schema, step by step; Alembic runs the steps that a database has not had yet."""
