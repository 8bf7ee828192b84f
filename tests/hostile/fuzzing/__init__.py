"""Fuzzing: what hostile bytes can do to the reading of commands and addresses, and to the rules of a room.

`make fuzz` lets a coverage-guided fuzzer find bytes of its own; `tests/hostile/test_fuzzing.py` plays those kept in
`tests/hostile/corpus` again, and a fixed number of random ones. Every input that once broke something is kept there.
"""
