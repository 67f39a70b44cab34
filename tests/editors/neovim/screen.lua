--- A second Neovim in a terminal of this one: keys go in as a user types them, the screen comes out as a user sees it,
--- and a socket answers questions that no screen can.
local Screen = {}
Screen.__index = Screen

--- Starts `command` (a list) in a terminal of `width` columns and `height` lines; it must listen at `socket`.
function Screen.start(command, socket, width, height)
  local self = setmetatable({ socket = socket }, Screen)
  -- A window of its own decides the terminal's size: without a screen, the first one stays at 80 by 24.
  vim.o.columns, vim.o.lines = width, height + 2
  self.buffer = vim.api.nvim_create_buf(false, true)
  local shape = { relative = 'editor', row = 0, col = 0, width = width, height = height }
  vim.api.nvim_open_win(self.buffer, true, shape)
  self.job = vim.fn.termopen(command, { env = { NVIM = '' } })
  assert(self.job > 0, 'the editor did not start')
  self:wait('its socket', function()
    return vim.uv.fs_stat(socket) ~= nil
  end)
  self.channel = vim.fn.sockconnect('pipe', socket, { rpc = true })
  self:wait('the end of its start', function()
    return self:eval('return vim.v.vim_did_enter') == 1
  end)
  return self
end

--- What a terminal sends for a key with a name.
local named = { CR = '\r', BS = '\127' }

--- Types keys, in the notation of mappings: `<CR>`, `<Esc>`, `<BS>`, `<C-x>`.
function Screen:type(keys)
  for text, escape in (keys .. '\0'):gsub('<Esc>', '\27\0'):gmatch('([^%z\27]*)(\27?)%z') do
    local bytes = text:gsub('<(%a+)>', named):gsub('<C%-(.)>', function(key)
      return string.char(bit.band(key:byte(), 0x1f))
    end)
    vim.api.nvim_chan_send(self.job, bytes .. escape)
    if escape ~= '' then
      -- An escape with something close behind it is an Alt key to a terminal program.
      vim.wait(150)
    end
  end
end

--- The lines of the screen.
function Screen:lines()
  return vim.api.nvim_buf_get_lines(self.buffer, 0, -1, false)
end

--- Whether a line of the screen contains `text`, plainly.
function Screen:shows(text)
  return vim.iter(self:lines()):any(function(line)
    return line:find(text, 1, true) ~= nil
  end)
end

--- Runs Lua code in the driven editor and returns its value.
function Screen:eval(code, ...)
  return vim.rpcrequest(self.channel, 'nvim_exec_lua', code, { ... })
end

--- Waits until `probe` returns something true, and returns that; otherwise fails and shows the screen.
function Screen:wait(what, probe)
  local value
  local found = vim.wait(10000, function()
    value = probe()
    return value
  end, 30)
  if not found then
    error(('not within 10 s: %s\n%s'):format(what, table.concat(self:lines(), '\n')), 0)
  end
  return value
end

--- Waits until the screen contains `text`.
function Screen:expect(text)
  self:wait(('"%s" on the screen'):format(text), function()
    return self:shows(text)
  end)
end

function Screen:quit()
  vim.rpcnotify(self.channel, 'nvim_command', 'qall!')
  vim.fn.jobwait({ self.job }, 5000)
end

return Screen
