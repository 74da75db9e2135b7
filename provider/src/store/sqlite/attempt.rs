//! Tries to sign in with a password, and networks that an account's phones have called from.

use std::{net::IpAddr, time::Duration};

use async_trait::async_trait;
use sqlx::{Sqlite, Transaction};

use super::{Columns, SqliteStore};
use crate::{
    account::{
        AccountId, AccountName,
        lockout::{
            self, Attempt, Claim, DECLINED, FORGOTTEN_AFTER, MOST_NETWORKS, Outcome, Patience, Verdict,
        },
    },
    clock::Time,
    limits::network,
    secret::Digest,
    store::{AttemptStore, StoreError},
};

/// All networks together that an account does not know.
const STRANGERS: &str = "strangers";

/// Counts are thinned out each time so many have been added.
const THIN_EVERY: i64 = 256;

#[async_trait]
impl AttemptStore for SqliteStore {
    async fn claim_attempt(&self, attempt: &Attempt, most: u32, now: Time) -> Result<Verdict, StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        let counts = counts(&mut transaction, attempt, now).await?;
        let mut longest = Duration::ZERO;
        for (who, patience) in &counts {
            longest = longest.max(left(&mut transaction, &attempt.name, (who, *patience), now).await?);
        }
        if !longest.is_zero() {
            transaction.rollback().await?;
            return Ok(Verdict::Wait(longest));
        }
        let mut rows = Vec::new();
        for (who, _) in &counts {
            rows.push(count(&mut transaction, &attempt.name, (who, 1), now).await?);
        }
        if rows.iter().any(|row| row % THIN_EVERY == 0) {
            thin_out(&mut transaction, most).await?;
        }
        transaction.commit().await?;
        Ok(Verdict::Go(Claim { rows }))
    }

    async fn settle_attempt(&self, claim: &Claim, outcome: Outcome) -> Result<(), StoreError> {
        let mut transaction = self.write.begin_with("begin immediate").await?;
        for (place, row) in claim.rows.iter().enumerate() {
            let anew = outcome == Outcome::Right && place == 0;
            sqlx::query("delete from sign_in_attempts where id = ? and (failures <= 1 or ?)")
                .bind(row)
                .bind(anew)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("update sign_in_attempts set failures = failures - 1 where id = ?")
                .bind(row)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// In what a try is counted: by the phone, if the account knows it; by the network; and with all strangers, if it does not know that
/// either.
async fn counts(
    transaction: &mut Transaction<'_, Sqlite>,
    attempt: &Attempt,
    now: Time,
) -> Result<Vec<(String, Patience)>, StoreError> {
    let network = attempt.network.to_string();
    let known = sqlx::query(
        "select
             exists (select 1 from devices join accounts on accounts.id = devices.account
                 where accounts.name = ?1 and key = ?2 and revoked_at is null
                     and token_expires_at > ?3) as phone,
             exists (select 1 from account_networks join accounts on accounts.id = account_networks.account
                 where accounts.name = ?1 and network = ?4) as network",
    )
    .bind(attempt.account.as_ref().map(AccountName::as_str))
    .bind(attempt.key.as_str())
    .bind(now.millis())
    .bind(&network)
    .fetch_one(&mut **transaction)
    .await?;
    let known = Columns(&known);
    if known.integer::<u8>("phone")? != 0 {
        return Ok(vec![(format!("phone {}", attempt.key.as_str()), Patience::ONE)]);
    }
    let mut counts = vec![(network, Patience::ONE)];
    if known.integer::<u8>("network")? == 0 {
        counts.push((STRANGERS.to_owned(), Patience::STRANGERS));
    }
    Ok(counts)
}

async fn left(
    transaction: &mut Transaction<'_, Sqlite>,
    name: &Digest,
    (who, patience): (&str, Patience),
    now: Time,
) -> Result<Duration, StoreError> {
    let found = sqlx::query("select * from sign_in_attempts where name = ? and who = ? and last_at > ?")
        .bind(name.as_bytes())
        .bind(who)
        .bind((now - FORGOTTEN_AFTER).millis())
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(row) = found else { return Ok(Duration::ZERO) };
    let row = Columns(&row);
    Ok(lockout::left(patience, row.integer("failures")?, row.time("last_at")?, now))
}

/// Counts tries, and answers the row.
async fn count(
    transaction: &mut Transaction<'_, Sqlite>,
    name: &Digest,
    (who, failures): (&str, u32),
    now: Time,
) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "insert into sign_in_attempts (name, who, failures, last_at) values (?1, ?2, ?3, ?4)
         on conflict (name, who) do update set
             failures = case when last_at > ?5 then failures else 0 end + excluded.failures,
             last_at = excluded.last_at
         returning id",
    )
    .bind(name.as_bytes())
    .bind(who)
    .bind(i64::from(failures))
    .bind(now.millis())
    .bind((now - FORGOTTEN_AFTER).millis())
    .fetch_one(&mut **transaction)
    .await?;
    Columns(&row).integer("id")
}

/// Keeps those with the most failures, and of these the latest.
async fn thin_out(transaction: &mut Transaction<'_, Sqlite>, most: u32) -> Result<(), StoreError> {
    sqlx::query(
        "delete from sign_in_attempts where id in
             (select id from sign_in_attempts order by failures desc, last_at desc limit -1 offset ?)",
    )
    .bind(i64::from(most))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Counts that the owner has turned a device away, against the network that it called from, within the transaction that does.
pub(super) async fn count_declined(
    transaction: &mut Transaction<'_, Sqlite>,
    account: AccountId,
    address: IpAddr,
    now: Time,
) -> Result<(), StoreError> {
    let name = digest(transaction, account).await?;
    count(transaction, &name, (&network(address).to_string(), DECLINED), now).await?;
    Ok(())
}

/// Notes that one of an account's phones calls from a network, and forgets what was counted there; within a transaction.
pub(super) async fn come_to_know(
    transaction: &mut Transaction<'_, Sqlite>,
    account: AccountId,
    address: IpAddr,
    now: Time,
) -> Result<(), StoreError> {
    let id = account.0.as_bytes().to_vec();
    sqlx::query(
        "insert into account_networks (account, network, seen_at) values (?, ?, ?)
         on conflict (account, network) do update set seen_at = excluded.seen_at",
    )
    .bind(id.clone())
    .bind(network(address).to_string())
    .bind(now.millis())
    .execute(&mut **transaction)
    .await?;
    sqlx::query(
        "delete from account_networks where account = ?1 and rowid in
             (select rowid from account_networks where account = ?1
              order by seen_at desc, rowid desc limit -1 offset ?2)",
    )
    .bind(id)
    .bind(i64::from(MOST_NETWORKS))
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Forgets what was counted at a network whose phone has been let in, within the transaction that enrols it.
pub(super) async fn forgive(
    transaction: &mut Transaction<'_, Sqlite>,
    account: AccountId,
    address: IpAddr,
) -> Result<(), StoreError> {
    let name = digest(transaction, account).await?;
    sqlx::query("delete from sign_in_attempts where name = ? and who = ?")
        .bind(name.as_bytes())
        .bind(network(address).to_string())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn digest(transaction: &mut Transaction<'_, Sqlite>, account: AccountId) -> Result<Digest, StoreError> {
    let row = sqlx::query("select name from accounts where id = ?")
        .bind(account.0.as_bytes().to_vec())
        .fetch_one(&mut **transaction)
        .await?;
    Ok(Digest::of(&Columns(&row).text("name")?))
}
