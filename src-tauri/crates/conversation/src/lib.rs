//! Pure domain of a chat: message tree, branches, context assembly.
