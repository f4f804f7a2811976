"""The state machine without a clock that joins them: notes and clock in, events and questions out."""
