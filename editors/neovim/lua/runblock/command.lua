--- `:Runblock run|file|result|cancel`: what a click on a lens does elsewhere, for the run block under the cursor.
local runblock = require('runblock')

local M = {}

--- @type table<string, fun(client: vim.lsp.Client, bufnr: integer)>
local actions = {}

--- Runs one subcommand in the current buffer.
--- @param name string
function M.execute(name)
  local action = actions[name]
  local client = runblock.client(0)
  if not action then
    vim.notify(('runblock: no subcommand `%s`; there is %s'):format(name, table.concat(M.complete(''), ', ')), vim.log.levels.ERROR)
  elseif not client then
    vim.notify('runblock: no server is attached to this buffer; see :checkhealth runblock', vim.log.levels.ERROR)
  else
    action(client, vim.api.nvim_get_current_buf())
  end
end

--- @param typed string
--- @return string[]
function M.complete(typed)
  local names = vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, vim.tbl_keys(actions))
  table.sort(names)
  return names
end

--- @param client vim.lsp.Client
--- @param bufnr integer
--- @param command lsp.Command
local function send(client, bufnr, command)
  local params = { command = command.command, arguments = command.arguments }
  runblock.call(client, 'request', 'workspace/executeCommand', params, function(err)
    if err then
      vim.notify('runblock: ' .. err.message, vim.log.levels.ERROR)
    end
    require('runblock.lens').refresh(bufnr)
  end, bufnr)
end

--- Finds the lens of `command` that belongs to the cursor's run block, or to the whole file, and sends its command.
--- @param client vim.lsp.Client
--- @param bufnr integer
--- @param command string
--- @param whole_file boolean
local function send_lens(client, bufnr, command, whole_file)
  local cursor = vim.api.nvim_win_get_cursor(0)[1] - 1
  local params = { textDocument = vim.lsp.util.make_text_document_params(bufnr) }
  runblock.call(client, 'request', 'textDocument/codeLens', params, function(err, lenses)
    if err then
      vim.notify('runblock: ' .. err.message, vim.log.levels.ERROR)
      return
    end
    local nearest
    for _, lens in ipairs(lenses or {}) do
      local argument = lens.command and lens.command.command == command and (lens.command.arguments or {})[1]
      local line = lens.range.start.line
      if argument and (argument.run == nil) == whole_file and (whole_file or line <= cursor) then
        if not nearest or line >= nearest.range.start.line then
          nearest = lens
        end
      end
    end
    if nearest then
      send(client, bufnr, nearest.command)
    else
      vim.notify('runblock: nothing of that kind here', vim.log.levels.WARN)
    end
  end, bufnr)
end

function actions.run(client, bufnr)
  send_lens(client, bufnr, 'runblock.run', false)
end

function actions.file(client, bufnr)
  send_lens(client, bufnr, 'runblock.run', true)
end

function actions.result(client, bufnr)
  send_lens(client, bufnr, 'runblock.showResult', false)
end

function actions.cancel(client)
  for token in pairs(client.progress.pending) do
    runblock.call(client, 'notify', 'window/workDoneProgress/cancel', { token = token })
  end
end

return M
