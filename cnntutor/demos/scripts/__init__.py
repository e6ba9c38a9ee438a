"""What “show code” shows: for each demo a script that runs alone, with the knobs as constants at its top."""
