"""The command `citydesk`: the roof over every floor. Each sub-command's module is imported only when it runs."""
