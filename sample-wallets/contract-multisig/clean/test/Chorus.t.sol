// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Chorus} from "../src/Chorus.sol";

contract ChorusTest {
    function testNeedsOwners() external {
        address[] memory list = new address[](1);
        list[0] = address(this);
        Chorus wallet = new Chorus(list, 1);
        assert(wallet.threshold() == 1);
    }
}
