//! Users: who may sign in, and as what (PRODUCT.md section 1).

use crate::accounts::sign_in::account_key;
use crate::{Actor, Capability, Refusal, Shop, Tx};
use db::users::UserValues;
pub use db::users::{USERS as LIST, User};
use domain::{Email, Password, Phone, Role, Text, UserId, Username};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// What is needed to record a user.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Sign-in name, unique whatever its case.
    pub username: Username,
    /// E-mail address, unique whatever its case.
    pub email: Email,
    /// First password.
    pub password: Password,
    /// Role.
    pub role: Role,
    /// Name.
    pub full_name: Text<1, 100>,
    /// Phone; a local number is kept in international form.
    #[serde(default)]
    pub phone: Option<Phone>,
    /// Whether they may sign in; yes unless said otherwise.
    #[serde(default)]
    pub is_active: Option<bool>,
    /// Whether they must choose another password at their first sign-in; no unless said otherwise.
    #[serde(default)]
    pub must_change_password: Option<bool>,
}

/// What may be changed; absent fields stay, null empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Sign-in name.
    #[serde(default)]
    pub username: Option<Username>,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<Email>,
    /// A new password for somebody else; everything they are signed in with ends.
    #[serde(default)]
    pub password: Option<Password>,
    /// Role; everything they are signed in with ends.
    #[serde(default)]
    pub role: Option<Role>,
    /// Name.
    #[serde(default)]
    pub full_name: Option<Text<1, 100>>,
    /// Phone.
    #[serde(default, deserialize_with = "crate::patch::field")]
    pub phone: Option<Option<Phone>>,
    /// Whether they may sign in; if not, everything they are signed in with ends.
    #[serde(default)]
    pub is_active: Option<bool>,
    /// Whether they must choose another password before anything else.
    #[serde(default)]
    pub must_change_password: Option<bool>,
}

/// Records a user.
pub async fn create(shop: &Shop, actor: &Actor, new: NewUser) -> Result<User, Refusal> {
    let values = UserValues {
        username: new.username.to_string(),
        email: new.email.to_string(),
        role: new.role,
        full_name: new.full_name.into_string(),
        phone: new.phone.map(|p| p.to_string()),
        is_active: new.is_active.unwrap_or(true),
        must_change_password: new.must_change_password.unwrap_or(false),
    };
    insert(shop, actor, values, new.password).await
}

/// Records a user from values that are checked already.
pub(crate) async fn insert(
    shop: &Shop,
    actor: &Actor,
    values: UserValues,
    password: Password,
) -> Result<User, Refusal> {
    actor.require(Capability::ManageUsers)?;
    check_password(&password, &values.username)?;
    let hash = shop.hash_password(password.into_secret()).await?;
    let mut tx = shop.begin(actor).await?;
    let user = db::users::user_insert(tx.conn(), &values, &hash).await?;
    tx.audit("user.create", "users", user.id.get(), None, Some(json!(user)))
        .await?;
    tx.commit(201, &user).await?;
    Ok(user)
}

fn check_password(password: &Password, username: &str) -> Result<(), Refusal> {
    password
        .check_for(username)
        .map_err(|detail| Refusal::invalid("/password", detail.to_string()))
}

/// Changes a user. Whoever loses a role, a password or the account itself is signed out everywhere at once; the shop never
/// loses its last Admin, and nobody locks themselves out.
pub async fn change(shop: &Shop, actor: &Actor, id: UserId, change: UserChange) -> Result<User, Refusal> {
    actor.require(Capability::ManageUsers)?;
    let hash = match change.password {
        Some(password) => {
            let known = find(shop, id).await?.username;
            check_password(
                &password,
                change.username.as_ref().map_or(known.as_str(), Username::as_str),
            )?;
            if actor.user_id == Some(id) {
                return Err(Refusal::conflict(
                    "own_password",
                    "Change your own password under My account, where the present one is asked for.",
                ));
            }
            Some(shop.hash_password(password.into_secret()).await?)
        }
        None => None,
    };
    let mut tx = shop.begin(actor).await?;
    let locked = db::users::users_lock(tx.conn(), id).await?;
    let before = locked
        .iter()
        .find(|user| user.id == id)
        .cloned()
        .ok_or_else(|| Refusal::not_found("user"))?;
    tx.check_version(before.updated_at)?;
    let values = UserValues {
        username: change.username.map_or(before.username.clone(), |u| u.to_string()),
        email: change.email.map_or(before.email.clone(), |e| e.to_string()),
        role: change.role.unwrap_or(before.role),
        full_name: change
            .full_name
            .map_or(before.full_name.clone(), Text::into_string),
        phone: change
            .phone
            .map_or(before.phone.clone(), |p| p.map(|p| p.to_string())),
        is_active: change.is_active.unwrap_or(before.is_active),
        must_change_password: change.must_change_password.unwrap_or(before.must_change_password),
    };
    keep_an_admin(actor, &locked, &before, &values)?;
    if let Some(hash) = &hash {
        db::accounts::password_update(tx.conn(), id, hash, values.must_change_password).await?;
        db::accounts::failures_of_account_forget(tx.conn(), &account_key(id)).await?;
        tx.audit("user.set_password", "users", id.get(), None, None)
            .await?;
    }
    let after = db::users::user_update(tx.conn(), id, &values).await?;
    if hash.is_some() || after.role != before.role || (before.is_active && !after.is_active) {
        sign_out_everywhere(&mut tx, id).await?;
    }
    tx.audit(
        "user.change",
        "users",
        id.get(),
        Some(json!(before)),
        Some(json!(after)),
    )
    .await?;
    tx.commit(200, &after).await?;
    shop.signed_in().forget();
    Ok(after)
}

/// Ends everything that a user is signed in with.
pub(crate) async fn sign_out_everywhere(tx: &mut Tx, id: UserId) -> Result<(), Refusal> {
    let now = tx.now();
    db::accounts::credentials_revoke(tx.conn(), id, None, None, now).await?;
    Ok(())
}

/// `locked` holds every active Admin, so that of two who take the role from each other at once the second is refused.
fn keep_an_admin(actor: &Actor, locked: &[User], before: &User, values: &UserValues) -> Result<(), Refusal> {
    let loses = values.role != before.role || (before.is_active && !values.is_active);
    if !loses {
        return Ok(());
    }
    let is_admin = |user: &User| user.role == Role::Admin && user.is_active;
    if is_admin(before) && !locked.iter().any(|user| user.id != before.id && is_admin(user)) {
        return Err(Refusal::conflict(
            "last_admin",
            "This is the last active Admin. Make somebody else an Admin first.",
        ));
    }
    if actor.user_id == Some(before.id) {
        return Err(Refusal::conflict(
            "own_account",
            "You cannot take away your own role or account. Ask another Admin to do it.",
        ));
    }
    Ok(())
}

/// The people of the shop by name, for choosing one.
pub async fn names(shop: &Shop) -> Result<Vec<(UserId, String)>, Refusal> {
    let people = db::users::users_all(&mut *shop.read().await?).await?;
    Ok(people.into_iter().map(|user| (user.id, user.full_name)).collect())
}

/// Reads a user.
pub async fn find(shop: &Shop, id: UserId) -> Result<User, Refusal> {
    db::users::user_find(&mut *shop.read().await?, id)
        .await?
        .ok_or_else(|| Refusal::not_found("user"))
}
