//! People.

use sqlx::sqlite::SqliteRow;

use super::{Columns, SqliteStore, trail};
use crate::{
    account::{Account, AccountId, AccountName, password::PasswordHash},
    oidc::claims::Claims,
    store::StoreError,
    trail::{Entry, Event, Subject},
};

impl SqliteStore {
    pub(super) async fn add_account(&self, account: &Account) -> Result<bool, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let added = sqlx::query(
            "insert into accounts (id, name, password, claims, created_at) values (?, ?, ?, ?, ?)
             on conflict (name) do nothing",
        )
        .bind(account.id.0.as_bytes().to_vec())
        .bind(account.name.as_str())
        .bind(account.password.as_ref().map_or("", PasswordHash::as_phc))
        .bind(account.claims.to_json().to_string())
        .bind(account.created_at.millis())
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 1 {
            let subject = Subject { account: Some(account.id), ..Subject::default() };
            let entry = Entry { at: account.created_at, event: Event::AccountAdded {}, subject };
            trail::record(&mut transaction, &entry).await?;
        }
        transaction.commit().await?;
        Ok(added.rows_affected() == 1)
    }

    pub(super) async fn find_account(&self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        let found = sqlx::query("select * from accounts where name = ?").bind(name.as_str());
        found.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }

    pub(super) async fn account_by_id(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let found = sqlx::query("select * from accounts where id = ?").bind(id.0.as_bytes().to_vec());
        found.fetch_optional(&self.read).await?.map(|row| read(&row)).transpose()
    }
}

/// An account without a password has an empty one in the store.
fn password(phc: String) -> Option<PasswordHash> {
    (!phc.is_empty()).then(|| PasswordHash::from_phc(phc))
}

fn read(row: &SqliteRow) -> Result<Account, StoreError> {
    let row = Columns(row);
    Ok(Account {
        id: AccountId(row.uuid("id")?),
        name: row.parsed("name", AccountName::parse)?,
        password: password(row.text("password")?),
        claims: Claims::from_json(row.json("claims")?).map_err(|_| StoreError::Corrupt("claims"))?,
        created_at: row.time("created_at")?,
    })
}
