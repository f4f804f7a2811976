"""What leaves: events that wait for their tick, the ledger of what sounds, the take."""
