//! One turn from prompt to stored reply.
