"""The archive for language models: tools of the Model Context Protocol, over stdin and stdout."""
