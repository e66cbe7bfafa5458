//! Accounts from the command line, where the system itself acts: whoever may start the server may do this, also when
//! nobody can sign in any more.

use super::credentials::{MadeToken, NewToken, create_token_for};
use crate::users::{self, User};
use crate::{Actor, Refusal, Shop};
use db::users::UserValues;
use domain::{Email, Password, Phone, Role, Text, Username};

/// A user for the command line; the e-mail address may be missing there.
#[derive(Debug, Clone)]
pub struct ConsoleUser {
    /// Sign-in name.
    pub username: Username,
    /// E-mail address; one on this machine when absent, as the seeded administrator has.
    pub email: Option<Email>,
    /// Role.
    pub role: Role,
    /// Name.
    pub full_name: Text<1, 100>,
    /// Phone.
    pub phone: Option<Phone>,
}

/// `bizhub user add`: the password must be changed at the first sign-in.
pub async fn user_add(shop: &Shop, user: ConsoleUser, password: Password) -> Result<User, Refusal> {
    let values = UserValues {
        email: user.email.map_or_else(
            || format!("{}@localhost", user.username),
            |email| email.to_string(),
        ),
        username: user.username.to_string(),
        role: user.role,
        full_name: user.full_name.into_string(),
        phone: user.phone.map(|p| p.to_string()),
        is_active: true,
        must_change_password: true,
    };
    users::insert(shop, &Actor::system(), values, password).await
}

/// `bizhub user passwd`: sets a password that must be changed at the next sign-in, and signs the person out everywhere.
pub async fn user_set_password(shop: &Shop, username: &str, password: Password) -> Result<User, Refusal> {
    let user = by_name(shop, username).await?;
    let change = users::UserChange {
        password: Some(password),
        must_change_password: Some(true),
        ..users::UserChange::default()
    };
    users::change(shop, &Actor::system(), user.id, change).await
}

/// `bizhub user list`: everybody, by name.
pub async fn user_list(shop: &Shop) -> Result<Vec<User>, Refusal> {
    Ok(db::users::users_all(&mut *shop.read().await?).await?)
}

/// `bizhub token create`: a token that acts with this person's rights. Its secret is in the answer, this once.
pub async fn token_create(shop: &Shop, username: &str, new: NewToken) -> Result<MadeToken, Refusal> {
    let user = by_name(shop, username).await?;
    if !user.is_active {
        return Err(Refusal::conflict(
            "inactive",
            format!("{} may not sign in, so a token would not work.", user.username),
        ));
    }
    create_token_for(shop, &Actor::system(), user.id, new).await
}

async fn by_name(shop: &Shop, username: &str) -> Result<User, Refusal> {
    db::users::user_by_username(&mut *shop.read().await?, username.trim())
        .await?
        .ok_or_else(|| {
            Refusal::NotFound(format!(
                "There is no user {}. See who there is with `bizhub user list`.",
                username.trim()
            ))
        })
}
