pytest_plugins = ["dodo_emulator"]
