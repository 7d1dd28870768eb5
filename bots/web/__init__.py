"""The web page: chat, tables, charts and evidence, without a single request to the outside."""
