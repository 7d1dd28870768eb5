"""Arithmetic on tables: what is more than usual."""
