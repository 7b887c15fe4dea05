//! The scheduler, on both brokers.

mod editing;
mod killing;
mod leading;
mod message;
mod missed;
mod sending;
mod stage;

/// Each of these runs on every broker.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::beat::stage::Kind::Sqlite).await;
            })+
        }

        mod redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::beat::stage::Kind::Redis).await;
            })+
        }
    };
}
pub(crate) use on_both;
