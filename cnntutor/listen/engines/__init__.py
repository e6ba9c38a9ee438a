"""Speech engines: each turns one sentence into samples."""
