"""What strangers send, read with care: known kinds of objects only, nothing that unpacks to more than was agreed.

Import from the modules: :mod:`.reader` for values of JSON, :mod:`.circuit_text` for circuits as text.
"""
