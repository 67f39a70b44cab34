//! All open folders at one moment, for requests that reach beyond one of them.

use ide::{Workspace, WorkspaceFolder};
use syntax::FileName;
use tower_lsp::lsp_types::{Location, Url};

use crate::session::Session;
use crate::to_proto;
use crate::view::View;

/// Views of the folders, that of the asking document first.
pub(crate) struct Folders {
    asking: View,
    others: Vec<View>,
}

impl Folders {
    /// The folders as they are now, and the document's name in its own. `None` for a document that is not open and in
    /// no folder.
    pub(crate) fn of(session: &Session, uri: &Url) -> Option<(Folders, FileName)> {
        let (asking, file) = session.view(uri)?;
        Some((Folders::new(asking, session.all_views()), file))
    }

    /// All folders, when no document asks; `None` when there is none.
    pub(crate) fn all(session: &Session) -> Option<Folders> {
        let views = session.all_views();
        Some(Folders::new(views.first()?.clone(), views))
    }

    /// A folder that was opened by way of a link, too, is one.
    fn new(asking: View, all: Vec<View>) -> Folders {
        let mut others: Vec<View> = Vec::new();
        for view in all {
            let known = std::iter::once(&asking).chain(&others);
            if known.into_iter().all(|known| known.real_root != view.real_root) {
                others.push(view);
            }
        }
        Folders { asking, others }
    }

    /// The view of the folder that asks.
    pub(crate) fn asking(&self) -> &View {
        &self.asking
    }

    pub(crate) fn view(&self, folder: usize) -> Option<&View> {
        self.views().nth(folder)
    }

    fn views(&self) -> impl Iterator<Item = &View> {
        std::iter::once(&self.asking).chain(&self.others)
    }

    pub(crate) fn workspace<'c>(&self, cancelled: &'c dyn Fn() -> bool) -> Workspace<'c> {
        let folder = |view: &View| WorkspaceFolder {
            root: view.real_root.to_string_lossy().replace('\\', "/"),
            snapshot: view.snapshot.clone(),
        };
        Workspace::new(self.views().map(folder).collect(), cancelled)
    }

    pub(crate) fn location(&self, place: &ide::Place) -> Option<Location> {
        to_proto::location(self.view(place.folder)?, &place.it)
    }
}
