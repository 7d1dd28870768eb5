"""Judgement: from question to answer."""

from assistant.lean import UNUSED, leave_unopened

# Before any module of this floor, the only one that speaks LangChain, imports it.
leave_unopened(*UNUSED)
