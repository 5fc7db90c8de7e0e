"""What leaves a school as files: OneRoster bundles for other systems, and a pseudonymous dump for its analysts. Import the rooms."""
