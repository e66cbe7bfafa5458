//! Catalogue text from many suppliers.
