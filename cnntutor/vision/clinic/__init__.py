"""A clinic for training programs: patients with a fault each, a ward that runs them, and checks nobody is shown."""
