-- Read by Neovim 0.11 and later for `vim.lsp.enable('runblock')`. Your own `vim.lsp.config('runblock', {…})` is
-- merged over it.
return require('runblock').config()
