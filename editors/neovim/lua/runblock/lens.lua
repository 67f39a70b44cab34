--- Code lenses: switched on, and kept fresh where Neovim does not do it by itself.
local runblock = require('runblock')

local M = {}

--- Shows the lenses of a buffer, unless the user has switched them off.
--- @param bufnr integer
function M.enable(bufnr)
  if not runblock.settings().codelens then
    return
  end
  if vim.lsp.codelens.enable then
    -- 0.12: Neovim follows changes of the text, and the server's own request to refresh.
    vim.lsp.codelens.enable(true, { bufnr = bufnr })
    return
  end
  -- Before 0.12 the server cannot ask for a refresh. Its diagnostics tell when it has seen new text or finished a run.
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged', 'DiagnosticChanged' }, {
    group = vim.api.nvim_create_augroup('runblock.lens.' .. bufnr, {}),
    buffer = bufnr,
    callback = function()
      M.refresh(bufnr)
    end,
  })
  M.refresh(bufnr)
end

--- Asks for the lenses again; nothing to do where Neovim is told by the server.
--- @param bufnr integer
function M.refresh(bufnr)
  if runblock.settings().codelens and not vim.lsp.codelens.enable and vim.api.nvim_buf_is_loaded(bufnr) then
    vim.lsp.codelens.refresh({ bufnr = bufnr })
  end
end

return M
