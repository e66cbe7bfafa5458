//! Users.

/// Checks a new password.
pub fn check_password(password: &str, username: &str) -> Result<(), &'static str> {
    if password.chars().count() < 8 {
        return Err("A password needs at least 8 characters.");
    }
    if password.len() > 72 {
        return Err("A password takes at most 72 bytes.");
    }
    if password.eq_ignore_ascii_case(username) || password == "changeme123" {
        return Err("This password is too easy to guess. Choose another.");
    }
    Ok(())
}
