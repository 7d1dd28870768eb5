"""Arithmetic on tables: what stands out."""
