"""The terminal's commands, one module each; `citydesk.py` imports a module only when its command runs."""
