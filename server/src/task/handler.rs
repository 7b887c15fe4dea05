//! Which functions are tasks: plain async functions whose arguments are extractors.

use super::extract::{CallParts, FromCall, Needs};
use super::outcome::{IntoOutcome, Outcome};
use futures_util::future::BoxFuture;
use std::future::Future;
use std::marker::PhantomData;

/// An async function of at most six extractors that returns something a task can return.
///
/// `M` only keeps the implementations for different functions apart; it never needs to be named.
///
/// ```compile_fail
/// async fn two(left: i64, right: i64) -> i64 { left + right }
/// // The arguments are no extractors: the message says what to write instead.
/// let tasks = umbel::task::Tasks::new().task("demo.two", two);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a task",
    label = "not an async function a task can be",
    note = "a task is `async fn(E1, .., En) -> R` of at most six extractors (`Args<T>`, `Call`, `State<S>`, `Context`, `Client`) that returns `Result<T, TaskError>` with a `T: Serialize`, `Outcome`, or `()`",
    note = "its future must be `Send`: hold nothing over an `.await` that is not"
)]
pub trait Handler<M>: Clone + Send + Sync + 'static {
    /// Collects what its extractors need.
    fn describe(&self, needs: &mut Needs);

    /// Takes the call apart, runs, and makes an outcome of what it returns.
    fn call(&self, parts: CallParts) -> BoxFuture<'static, Outcome>;
}

/// A handler whose type is forgotten.
pub(super) trait AnyHandler: Send + Sync {
    fn call(&self, parts: CallParts) -> BoxFuture<'static, Outcome>;
}

/// Pairs a handler with its marker, so that the marker can be forgotten with it.
pub(super) struct Forget<H, M>(pub(super) H, pub(super) PhantomData<fn() -> M>);

impl<M: 'static, H: Handler<M>> AnyHandler for Forget<H, M> {
    fn call(&self, parts: CallParts) -> BoxFuture<'static, Outcome> {
        self.0.call(parts)
    }
}

macro_rules! handlers {
    ($($extractor:ident),*) => {
        impl<Func, Fut, Ret, $($extractor),*> Handler<fn($($extractor),*) -> Ret> for Func
        where
            Func: Fn($($extractor),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Ret> + Send + 'static,
            Ret: IntoOutcome + 'static,
            $($extractor: FromCall,)*
        {
            fn describe(&self, needs: &mut Needs) {
                let _ = &needs;
                $(needs.also::<$extractor>();)*
            }

            fn call(&self, mut parts: CallParts) -> BoxFuture<'static, Outcome> {
                let function = self.clone();
                Box::pin(async move {
                    $(
                        #[expect(non_snake_case, reason = "the type's name serves as the variable's")]
                        let $extractor = match $extractor::from_call(&mut parts).await {
                            Ok(extracted) => extracted,
                            Err(error) => return error.into(),
                        };
                    )*
                    if let Err(error) = parts.refuse_leftovers() {
                        return error.into();
                    }
                    drop(parts);
                    function($($extractor),*).await.into_outcome()
                })
            }
        }
    };
}

handlers!();
handlers!(E1);
handlers!(E1, E2);
handlers!(E1, E2, E3);
handlers!(E1, E2, E3, E4);
handlers!(E1, E2, E3, E4, E5);
handlers!(E1, E2, E3, E4, E5, E6);
